/* Makes everything that unfold opens with a click reachable by keyboard and named, and puts the focus on what a page has to
   say. unfold draws these controls as <div>, <span> or <a> without an address; see docs/upstream. */
(() => {
    "use strict";
    window.SimpleBar ??= { instances: new Map() }; // unfold's script asks it, and browsers have scroll bars
    const CLICKS = "[x-on\\:click]";
    const NATIVE = "a[href], button, input, select, textarea, summary, label";
    const CONTAINS = "#changelist-filter-close, template, form";
    const names = () => JSON.parse(document.getElementById("control-names")?.textContent || "{}");
    let texts;

    const isShown = (element) => element.getClientRects().length > 0;
    const menus = () => [...document.querySelectorAll("nav[x-show], #changelist-filter")].filter(isShown);

    function nameOf(control) {
        const icons = [...control.querySelectorAll(".material-symbols-outlined")];
        if (control.matches(".material-symbols-outlined")) icons.unshift(control);
        const words = control.cloneNode(true);
        words.querySelectorAll(".material-symbols-outlined").forEach((icon) => icon.remove());
        if (!control.matches(".material-symbols-outlined") && words.textContent.trim()) return "";
        const icon = icons.map((each) => each.textContent.trim()).find((each) => texts[each]);
        return control.title || texts[icon] || "";
    }
    function mend(control) {
        if (control.dataset.mended || control.matches(CONTAINS)) return;
        control.dataset.mended = "1";
        if (!control.matches(NATIVE)) {
            control.tabIndex = 0;
            control.setAttribute("role", "button");
            control.addEventListener("keydown", press);
        }
        const name = nameOf(control);
        if (name && !control.getAttribute("aria-label")) control.setAttribute("aria-label", name);
        control.addEventListener("click", () => setTimeout(() => told(control), 0));
    }
    function press(event) {
        if (event.target !== event.currentTarget || (event.key !== "Enter" && event.key !== " ")) return;
        event.preventDefault();
        open(event.currentTarget);
    }
    /* Into the menu that this opens; Escape closes it and comes back. */
    function open(control) {
        const before = menus();
        control.click();
        setTimeout(() => {
            const menu = menus().find((each) => !before.includes(each));
            if (!menu) return;
            const first = menu.querySelector("a[href], button, input:not([type=hidden]), select, [tabindex='0']");
            if (first) first.focus();
            menu.addEventListener("keydown", function leave(event) {
                if (event.key !== "Escape") return;
                menu.removeEventListener("keydown", leave);
                control.focus();
                if (isShown(menu)) control.click();
                told(control);
            });
        }, 200); // unfold's transition
    }
    function told(control) {
        const opens = /\b(open\w*|\w+Open)\s*=\s*!/.exec(control.getAttribute("x-on:click") || "");
        if (opens && window.Alpine) {
            const isOpen = Boolean(window.Alpine.evaluate(control, opens[1]));
            control.setAttribute("aria-expanded", String(isOpen));
        }
    }
    function mendAll(root) {
        root.querySelectorAll(".material-symbols-outlined").forEach((icon) => {
            if (!icon.matches(CLICKS)) icon.setAttribute("aria-hidden", "true");
        });
        root.querySelectorAll(CLICKS).forEach((control) => {
            mend(control);
            told(control);
        });
        root.querySelectorAll("a[href]:not([aria-label]), button:not([aria-label])").forEach((control) => {
            const name = nameOf(control);
            if (name) control.setAttribute("aria-label", name);
        });
        nameBoxes(root);
    }
    /* Boxes that select2 and Django's own scripts draw. */
    function nameBoxes(root) {
        root.querySelectorAll(".select2-selection, .select2-search__field").forEach((box) => {
            const select = box.closest(".select2")?.previousElementSibling;
            const label = select?.labels?.[0]?.textContent.trim() || select?.getAttribute("aria-label") || texts.search;
            box.setAttribute("aria-label", label);
            const shown = box.querySelector("[role=textbox]"); // is none: the box around it is the field
            shown?.removeAttribute("role");
            shown?.removeAttribute("aria-readonly");
        });
        root.querySelectorAll(".help-tooltip[aria-label]").forEach((symbol) => symbol.setAttribute("role", "img"));
    }
    /* The first field that is wrong, else what the page says of the last action. */
    function focusOnNews() {
        const wrong = [...document.querySelectorAll("[aria-invalid=true]")].find(isShown);
        const news = wrong || document.querySelector(".errornote, #messages");
        if (!news) {
            // Where the page was hidden until its scripts ran, the browser passes over autofocus.
            if (document.activeElement === document.body) document.querySelector("[autofocus]")?.focus();
            return;
        }
        if (!wrong) news.tabIndex = -1;
        news.focus();
    }
    /* A shortcut of one key can be switched off, for people who speak to their computer (WCAG 2.1.4). */
    document.addEventListener("DOMContentLoaded", () => {
        const button = document.getElementById("slash-shortcut");
        if (!button) return;
        const show = () => {
            const isOn = localStorage.getItem("slashShortcut") !== "off";
            button.setAttribute("aria-pressed", String(isOn));
            button.querySelector("span").textContent = isOn ? "check_box" : "check_box_outline_blank";
        };
        button.addEventListener("click", () => {
            localStorage.setItem("slashShortcut", button.getAttribute("aria-pressed") === "true" ? "off" : "on");
            show();
        });
        show();
    });
    const isOff = () => localStorage.getItem("slashShortcut") === "off";
    window.addEventListener("keydown", (event) => event.key === "/" && isOff() && event.stopImmediatePropagation(), true);
    document.addEventListener("keydown", (event) => {
        if (!event.altKey || event.ctrlKey || event.metaKey || !/^Key[A-Z]$/.test(event.code)) return;
        const button = document.querySelector(`[aria-keyshortcuts="Alt+${event.code.slice(3)}"]`);
        if (!button) return;
        event.preventDefault();
        button.click();
    });
    document.addEventListener("alpine:initialized", () => {
        texts = names();
        document.querySelector("#nav-sidebar-apps .active")?.scrollIntoView({ block: "nearest" });
        mendAll(document);
        new MutationObserver((changes) => {
            changes.forEach((change) => change.addedNodes.forEach((node) => node.querySelectorAll && mendAll(node.parentElement || node)));
        }).observe(document.body, { childList: true, subtree: true });
    });
    // Django's own script puts the focus on the first field of a new object before this.
    window.addEventListener("load", () => setTimeout(focusOnNews, 0));
})();
