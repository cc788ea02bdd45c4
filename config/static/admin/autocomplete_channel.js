/* Limits autocomplete to the channel of the form. */
"use strict";
document.addEventListener("DOMContentLoaded", function () {
    if (!window.django || !window.django.jQuery) {
        return; // no autocomplete on this page
    }
    window.django.jQuery.ajaxPrefilter(function (options) {
        if (!/\/autocomplete\/(\?|$)/.test(options.url)) {
            return;
        }
        const select = document.getElementById("id_channel");
        const fixed = document.querySelector("[data-channel-id]");
        const channel = select ? select.value : fixed && fixed.dataset.channelId;
        if (channel) {
            options.url += (options.url.includes("?") ? "&" : "?") + "channel=" + encodeURIComponent(channel);
        }
    });
});
