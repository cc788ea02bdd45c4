/* Copies a field's text: <button data-copy="id of the field" data-copied="text of the button afterwards">. */
document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    const field = document.getElementById(button.dataset.copy);
    field.select();
    // The clipboard API needs https, and its promise may stay open where the browser asks for permission.
    if (!document.execCommand("copy")) navigator.clipboard?.writeText(field.value);
    button.textContent = button.dataset.copied;
});
