// @ts-check
/** The pinned query: its photo and facts, its tabs, and how photos are compared with it. */

import { getJson, pictureUrl } from "../common/api.js";
import { byRole, el, inputOf, selectOf } from "../common/dom.js";
import { elideMiddle } from "../common/names.js";
import { settings } from "../common/page-data.js";
import { bytes, date, number, t } from "../common/words.js";

/** @typedef {import("./state.js").State} State */
/** @typedef {import("./distances.js").Photo} Photo */
/** @typedef {import("./distances.js").Distances} Distances */
/** @typedef {import("../api.js").HashChoice} Hash */

/** The share of colour that the named places of the dial stand for. */
const SHARES = { shape: 0.01, balanced: 0.33, colour: 0.7 };

/** @type {readonly (keyof typeof SHARES)[]} */
export const EMPHASES = ["shape", "balanced", "colour"];

export class Query {
  /**
   * @param {(change: Partial<State>) => void} compare something about how to compare changed
   * @param {(images: string[], tab: number) => void} openTab
   */
  constructor(compare, openTab) {
    this.compare = compare;
    this.openTab = openTab;
    /** @type {Hash[]} */
    this.hashes = [];
    /** They are known, or what is wrong has been said. @type {Promise<void>} */
    this.listed = Promise.resolve();
    this.image = /** @type {HTMLImageElement} */ (byRole("query-image"));
    this.hash = selectOf("hash");
    this.fine = inputOf("emphasis-fine");
    this.mirror = inputOf("mirror");
    this.hash.addEventListener("change", () => compare({ hash: this.hash.value, emphasis: null }));
    this.mirror.addEventListener("change", () => compare({ mirror: this.mirror.checked }));
    this.fine.addEventListener("input", () => this.describeFine(Number(this.fine.value)));
    this.fine.addEventListener("change", () => compare({ emphasis: this.fine.value }));
    for (const name of EMPHASES) {
      inputOf(`emphasis-${name}`).addEventListener("change", () => {
        compare({ emphasis: name === settings.emphasis ? null : name });
      });
    }
  }

  /** Fetch which hashes there are. @param {State} state */
  async loadHashes(state) {
    this.hashes = (await getJson("/hashes")).hashes;
    /** @param {string} words @param {Hash[]} hashes */
    const group = (words, hashes) => {
      const options = hashes.map((hash) => el("option", { value: hash.name, title: hash.summary }, hash.name));
      return options.length ? el("optgroup", { label: t(words) }, ...options) : null;
    };
    const groups = [
      group("search.hashes.here", this.hashes.filter((hash) => hash.in_library)),
      group("search.hashes.other", this.hashes.filter((hash) => !hash.in_library)),
    ];
    this.hash.replaceChildren(...groups.filter((node) => node !== null));
    this.showMeasure(state);
  }

  /** Whether no photo has a hash yet; not asked of the default, which all are given. @param {string} name */
  async lacks(name) {
    if (name === settings.hash) return false;
    await this.listed;
    const known = this.hashes.find((hash) => hash.name === name);
    if (known) return !known.in_library;
    // What only copies are searched by is in no list of hashes.
    const { folders } = await getJson("/library");
    return !folders.some((/** @type {any} */ folder) =>
      folder.hashes.some((/** @type {any} */ hash) => hash.name === name && hash.photos));
  }

  /** @param {State} state */
  showMeasure(state) {
    if (![...this.hash.options].some((option) => option.value === state.hash)) {
      this.hash.append(el("option", { value: state.hash }, state.hash));
    }
    this.hash.value = state.hash;
    const known = this.hashes.find((hash) => hash.name === state.hash);
    const dial = known ? known.emphasis : state.hash === settings.hash;
    byRole("dial").hidden = !dial;
    byRole("mirror-line").hidden = !dial;
    const emphasis = state.emphasis ?? settings.emphasis;
    for (const name of EMPHASES) inputOf(`emphasis-${name}`).checked = emphasis === name;
    const share = emphasis in SHARES ? SHARES[/** @type {"shape"} */ (emphasis)] : Number(emphasis);
    this.fine.value = String(share);
    this.describeFine(share);
    this.mirror.checked = state.mirror;
  }

  /** @param {number} share */
  describeFine(share) {
    const value = `${number(Math.round(100 * share))}%`;
    byRole("emphasis-value").textContent = value;
    this.fine.setAttribute("aria-valuetext", t("search.emphasis.value", { value }));
  }

  /** @param {Photo} photo @param {boolean} low */
  showPhoto(photo, low) {
    const source = pictureUrl(photo.id, 320);
    if (this.image.getAttribute("src") !== source) this.image.src = source;
    this.image.alt = photo.name;
    const name = byRole("query-name");
    name.textContent = elideMiddle(photo.name, innerWidth <= 700 ? 20 : 36);
    name.title = photo.folder ? `${photo.folder}/${photo.name}` : photo.name;
    const size = photo.width && photo.height ? `${photo.width} × ${photo.height}` : "";
    const facts = [size, bytes(photo.bytes), photo.kind === "photo" ? date(photo.modified) : ""];
    byRole("query-facts").textContent = facts.filter(Boolean).join(" · ");
    const warning = byRole("query-low");
    warning.hidden = !low;
    if (low) warning.textContent = t("search.low_query", { quality: photo.quality ?? 0 });
    document.title = `${photo.name} · sokkuri`;
  }

  /**
   * Show the photo while its distances are still to come.
   * @param {State} state @param {AbortSignal} signal
   */
  async introduce({ images, tab }, signal) {
    if (this.image.getAttribute("src") === pictureUrl(images[tab], 320)) return;
    const [photo] = (await getJson("/images", { ids: images[tab] }, signal)).images;
    if (photo && !signal.aborted) this.showPhoto(photo, false);
  }

  /** One tab a query, where there are several. @param {State} state */
  async showTabs(state) {
    const list = byRole("tabs");
    list.hidden = state.images.length < 2;
    if (list.hidden || list.dataset.of === `${state.images}#${state.tab}`) return;
    list.dataset.of = `${state.images}#${state.tab}`;
    const found = await getJson("/images", { ids: state.images.join(",") });
    /** @type {Map<string, Photo>} */
    const photos = new Map(found.images.map((/** @type {Photo} */ photo) => [photo.id, photo]));
    list.replaceChildren(...state.images.map((id, tab) => this.tab(state, id, tab, photos.get(id))));
    list.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  /** @param {State} state @param {string} id @param {number} tab @param {Photo | undefined} photo */
  tab(state, id, tab, photo) {
    const name = photo?.name ?? id;
    const open = el("button", {
      type: "button", class: "tab", "data-role": "tab", title: name,
      "aria-current": tab === state.tab ? "true" : null,
      onclick: () => this.openTab(state.images, tab),
    }, el("img", { src: pictureUrl(id, 160), alt: "", class: "well" }),
    el("bdi", { class: "cut" }, elideMiddle(name, 22)));
    const close = el("button", {
      type: "button", class: "button plain square", "aria-label": t("search.close_tab", { name }),
      title: t("search.close_tab", { name }), onclick: () => this.closeTab(state, tab),
    }, "✕");
    return el("li", {}, open, close);
  }

  /** @param {State} state @param {number} tab */
  closeTab(state, tab) {
    const images = state.images.filter((_, at) => at !== tab);
    this.openTab(images, Math.min(tab < state.tab ? state.tab - 1 : state.tab, images.length - 1));
  }
}
