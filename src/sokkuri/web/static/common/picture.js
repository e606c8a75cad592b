// @ts-check
/** Photos into `<img>`: asked again where the server was busy, and let go of where nobody looks. */

/** The server says 429 or 503 while much is waiting; an image element is not told how long. */
const PAUSES = [600, 1500, 4000];

/**
 * A picture that is asked for when it is told to, and not before.
 */
export class Picture {
  /**
   * @param {HTMLImageElement} image
   * @param {HTMLElement} root gets the class `loaded`, or `missing` where there is no photo
   */
  constructor(image, root) {
    this.image = image;
    this.root = root;
    this.url = "";
    this.loaded = false;
    this.tries = 0;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.again = undefined;
    image.addEventListener("load", () => {
      this.loaded = true;
      root.classList.add("loaded");
    });
    image.addEventListener("error", () => this.failed());
  }

  /** @param {string} url */
  load(url) {
    if (this.url === url) return;
    this.letGo();
    this.url = url;
    this.image.src = url;
  }

  /** Take the request back, if it was not answered yet. */
  hold() {
    if (!this.loaded) this.letGo();
  }

  letGo() {
    clearTimeout(this.again);
    this.url = "";
    this.tries = 0;
    this.loaded = false;
    this.image.removeAttribute("src");
    this.root.classList.remove("loaded", "missing");
  }

  failed() {
    if (!this.url) return;
    const pause = PAUSES[this.tries++];
    if (pause === undefined) {
      this.root.classList.add("missing");
      return;
    }
    this.again = setTimeout(() => {
      // The same address again is no change: it has to be taken away first.
      this.image.removeAttribute("src");
      this.image.src = this.url;
    }, pause);
  }
}
