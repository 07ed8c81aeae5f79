// Other pages in a frame: they only answer the loader.

import { Frame } from "./frame.js";

new Frame();
