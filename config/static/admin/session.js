/* Warns before the session ends, and keeps the page's forms when it has ended. The server knows when: other windows use
   the session, too. */
(() => {
    "use strict";
    const PATH = "/admin/session/";
    const WARN = 60; // seconds before the end
    const idle = Number(new URL(document.currentScript.src).searchParams.get("seconds"));
    let timer, dialog;

    const token = () => document.querySelector("[name=csrfmiddlewaretoken]");
    const wait = (seconds) => {
        clearTimeout(timer);
        timer = setTimeout(look, Math.max(1, seconds) * 1000);
    };
    async function ask(method) {
        const headers = { "X-CSRFToken": token() ? token().value : "" };
        const answer = await fetch(PATH, { method, headers, credentials: "same-origin" });
        return answer.json();
    }
    async function look() {
        try {
            show(await ask("GET"));
        } catch {
            wait(WARN); // no network: asked again later
        }
    }
    async function stay() {
        show(await ask("POST"));
    }
    function show(state) {
        if (state.left > 0) {
            document.querySelectorAll("[name=csrfmiddlewaretoken]").forEach((field) => (field.value = state.csrf));
        }
        if (state.left > WARN) {
            if (dialog) dialog.close();
            return wait(state.left - WARN);
        }
        const isOver = state.left <= 0;
        open(isOver ? state.texts.ended : state.texts.ends, isOver ? state.texts.log_in : state.texts.stay, () => {
            if (!isOver) return stay();
            window.open("/admin/login/?next=/admin/", "_blank");
        });
        wait(isOver ? 5 : state.left);
    }
    function open(text, label, act) {
        if (!dialog) {
            dialog = document.createElement("dialog");
            dialog.id = "session-dialog";
            dialog.append(document.createElement("p"), document.createElement("button"));
            dialog.setAttribute("role", "alertdialog"); // read out as soon as it opens
            dialog.setAttribute("aria-labelledby", "session-text");
            dialog.querySelector("p").id = "session-text";
            dialog.querySelector("button").type = "button";
            document.body.append(dialog);
        }
        dialog.querySelector("p").textContent = text;
        dialog.querySelector("button").textContent = label;
        dialog.querySelector("button").onclick = act;
        if (!dialog.open) dialog.showModal();
    }
    document.addEventListener("DOMContentLoaded", () => {
        if (document.getElementById("logout-form")) wait(idle - WARN); // somebody is logged in
    });
    document.addEventListener("visibilitychange", () => {
        if (dialog && dialog.open && !document.hidden) look();
    });
})();
