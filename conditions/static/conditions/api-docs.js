"use strict";

const place = document.getElementById("api");

SwaggerUIBundle({
  url: place.dataset.schema,
  domNode: place,
  deepLinking: true,
  docExpansion: "list",
  presets: [SwaggerUIBundle.presets.apis],
  // Writing by session needs the token that Django keeps in a cookie.
  requestInterceptor: (request) => {
    const cookie = document.cookie.match(/(?:^|; )csrftoken=([^;]+)/);
    if (cookie) {
      request.headers["X-CSRFToken"] = decodeURIComponent(cookie[1]);
    }
    return request;
  },
  // The validator badge would call another host.
  validatorUrl: null,
});
