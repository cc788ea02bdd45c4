/* Copies a field's text: <button data-copy="id of the field" data-copied="text of the button afterwards">. */
document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    const field = document.getElementById(button.dataset.copy);
    field.select();
    try {
        await navigator.clipboard.writeText(field.value);
    } catch {
        document.execCommand("copy"); // the clipboard API needs https
    }
    button.textContent = button.dataset.copied;
});
