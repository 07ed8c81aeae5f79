// A link was opened by a person: come in. Mail scanners and link previews do not run this.
document.getElementById("join").requestSubmit();
