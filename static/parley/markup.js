// The one way in which text becomes a part of a page: what our own server has rendered and escaped. Browsers that know
// trusted types refuse every other one (`require-trusted-types-for` of our pages).

const policy = globalThis.trustedTypes?.createPolicy("parley", { createHTML: (text) => text });

export const markup = (text) => policy?.createHTML(text) ?? text;
