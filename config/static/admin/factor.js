/* A passkey was shown: send the form on. A passkey was added: go on to the recovery codes. */
document.addEventListener("otp_webauthn.verification_complete", () => {
    document.getElementById("factor-form").submit();
});
document.addEventListener("otp_webauthn.register_complete", () => {
    window.location.href = document.getElementById("factor-added").dataset.factorNext;
});
