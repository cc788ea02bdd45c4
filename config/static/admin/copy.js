/* Buttons that copy a field's text: <button data-copy="id of the field" data-copied="what to say then">. */
document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    const field = document.getElementById(button.dataset.copy);
    field.select();
    try {
        await navigator.clipboard.writeText(field.value);
    } catch {
        document.execCommand("copy"); // no clipboard without https
    }
    button.textContent = button.dataset.copied;
});
