/* Shows beside each amount or rate what was understood, with the rules of config/kit/lib/decimal_text.py. */
(() => {
    const GROUPED = /^[1-9]\d{0,2}([.,])\d{3}(?:\1\d{3})*$/;

    /* A list of readings as plain decimal text: none for no number, two where it is ambiguous. */
    function read(text) {
        const matched = /^([+-]?)(\d[\d.,]*|[.,]\d+)$/.exec(text.replace(/[\s'’]/g, ""));
        if (!matched) return [];
        const [, sign, digits] = matched;
        const separators = digits.replace(/\d/g, "");
        const at = digits.lastIndexOf(separators.slice(-1));
        const split = (whole, places) => `${sign}${whole.replace(/[.,]/g, "") || "0"}.${places || "0"}`;
        if (separators.length === 1 && GROUPED.test(digits)) {
            return [split(digits, ""), split(digits.slice(0, at), digits.slice(at + 1))];
        }
        const hasPlaces = separators.length === 1 || new Set(separators).size === 2;
        const whole = hasPlaces ? digits.slice(0, at) : digits;
        if (!/^\d*$/.test(whole) && !GROUPED.test(whole)) return [];
        return [split(whole, hasPlaces ? digits.slice(at + 1) : "")];
    }

    function currencyOf(output, field) {
        if (output.dataset.currency || output.dataset.unit || !field.form) return output.dataset.currency;
        const own = field.name.replace(/[^-]*$/, "currency"); // of the same row of a table
        const chosen = field.form.elements[own] || field.form.elements.currency;
        return chosen && chosen.value ? chosen.value : "";
    }

    function format(number, currency, unit) {
        const language = document.documentElement.lang || "en";
        const options = { minimumFractionDigits: 2, maximumFractionDigits: 8 };
        if (currency) Object.assign(options, { style: "currency", currency, currencyDisplay: "narrowSymbol" });
        if (!currency && unit) options.minimumFractionDigits = 0;
        const text = new Intl.NumberFormat(language, options).format(number);
        return !currency && unit ? (language.startsWith("tr") ? `${unit}${text}` : `${text}${unit}`) : text;
    }

    function show(output) {
        const field = document.getElementById(output.dataset.decimal);
        if (!field) return;
        const currency = currencyOf(output, field);
        const readings = read(field.value.trim()).map((number) => format(number, currency, output.dataset.unit));
        const [first, second] = readings;
        output.textContent = second === undefined
            ? first || ""
            : output.dataset.ambiguous.replace("{first}", first).replace("{second}", second);
    }

    const outputs = () => document.querySelectorAll("output[data-decimal]");
    const showAll = () => outputs().forEach(show);
    document.addEventListener("input", showAll);
    document.addEventListener("change", showAll);
    document.addEventListener("DOMContentLoaded", showAll);
    document.addEventListener("formset:added", (event) => {
        // Django renumbers the ids of a new row, but not those that an <output> refers to.
        event.target.querySelectorAll("output[data-decimal]").forEach((output) => {
            const input = output.parentElement.querySelector("input[inputmode=decimal]");
            if (input) output.dataset.decimal = input.id;
        });
        showAll();
    });
})();
