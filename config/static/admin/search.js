/* The search box: opened by "/" and Ctrl+K or the button, results as typed, chosen by arrows and Enter. */
(() => {
    "use strict";
    const DELAY = 150; // milliseconds after the last key
    let dialog, input, results, state, timer, asked;

    const options = () => [...results.querySelectorAll("[role=option]")];
    const chosen = () => results.querySelector("[aria-selected=true]");

    function open(event) {
        event.preventDefault();
        if (!dialog.open) dialog.showModal();
        input.select();
    }
    function typing(target) {
        return target.closest("input, textarea, select, [contenteditable=true]") || document.querySelector("dialog[open]");
    }
    function isCardNumber(text) {
        const digits = text.replace(/[\s\-._]/g, "");
        if (!/^\d{13,19}$/.test(digits)) return false;
        const sum = [...digits].reverse().reduce((total, digit, place) => {
            const doubled = place % 2 ? digit * 2 : +digit;
            return total + (doubled > 9 ? doubled - 9 : doubled);
        }, 0);
        return sum % 10 === 0;
    }
    function clear(text = "") {
        results.replaceChildren();
        if (text) {
            const note = document.createElement("p");
            note.className = "search-note";
            note.textContent = text;
            results.append(note);
        }
        state.textContent = text;
        input.removeAttribute("aria-activedescendant");
        input.setAttribute("aria-expanded", "false");
    }
    function choose(option) {
        if (chosen()) chosen().setAttribute("aria-selected", "false");
        if (!option) return;
        option.setAttribute("aria-selected", "true");
        option.scrollIntoView({ block: "nearest" });
        input.setAttribute("aria-activedescendant", option.id);
    }
    async function search() {
        if (asked) asked.abort();
        const text = input.value.trim();
        if (!text) return clear();
        if (isCardNumber(text)) return clear(input.dataset.cardNumbers); // is not even sent
        asked = new AbortController();
        const body = new FormData(input.form);
        body.append("part", "list");
        try {
            const answer = await fetch(input.form.action, { method: "POST", body, signal: asked.signal, redirect: "error" });
            if (!answer.ok) throw new Error(answer.status);
            results.innerHTML = await answer.text();
        } catch (error) {
            if (error.name !== "AbortError") input.form.submit(); // shows the log-in page, or what is wrong
            return;
        }
        const status = results.querySelector("[data-status]");
        state.textContent = status ? status.textContent : "";
        if (status) status.remove();
        input.setAttribute("aria-expanded", String(options().length > 0));
        choose(options()[0]);
    }
    function steer(event) {
        const all = options();
        const place = all.indexOf(chosen());
        const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
        if (step && all.length) {
            event.preventDefault();
            choose(all[(place + step + all.length) % all.length]);
        } else if (event.key === "Enter") {
            event.preventDefault();
            const option = chosen();
            if (!option) return search();
            if (event.ctrlKey || event.metaKey) return window.open(option.href, "_blank");
            location.assign(option.href);
        }
    }
    document.addEventListener("DOMContentLoaded", () => {
        dialog = document.getElementById("search-dialog");
        const button = document.getElementById("search-open");
        if (!dialog || !button) return;
        input = dialog.querySelector("[name=q]");
        results = document.getElementById("search-results");
        state = document.getElementById("search-status");
        input.setAttribute("role", "combobox");
        input.setAttribute("aria-autocomplete", "list");
        input.setAttribute("aria-controls", "search-results");
        input.setAttribute("aria-expanded", "false");
        button.addEventListener("click", open);
        dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
        input.addEventListener("keydown", steer);
        input.addEventListener("input", () => {
            clearTimeout(timer);
            timer = setTimeout(search, DELAY);
        });
        document.addEventListener("keydown", (event) => {
            const isShortcut = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k";
            const isSlash = event.key === "/" && !event.ctrlKey && !event.metaKey && !event.altKey && !typing(event.target);
            if (isShortcut || isSlash) open(event);
        });
    });
})();
