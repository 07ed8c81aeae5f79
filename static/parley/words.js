// What the scripts of rooms say, in the language of the page.

export const roomWords = () => document.getElementById("room-words").dataset;
