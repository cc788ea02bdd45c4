/* The POS form shows the settings of the chosen gateway; what was typed for another one stays in its fields. */
"use strict";
document.addEventListener("DOMContentLoaded", function () {
    const select = document.querySelector("select[data-gateways]");
    if (!select) {
        return;
    }
    function show() {
        const short = select.value.split(".").slice(-2)[0];
        document.querySelectorAll("fieldset.gateway-settings").forEach(function (fieldset) {
            fieldset.classList.toggle("gateway-hidden", !short || !fieldset.classList.contains("gateway-" + short));
        });
    }
    select.addEventListener("change", show);
    show();
});
