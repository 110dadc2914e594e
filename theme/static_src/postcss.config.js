import tailwindcss from "@tailwindcss/postcss";

/**
 * What comes late to a page registers no property once more: the page's first stylesheet has them all, and each
 * registration restyles the whole page.
 */
const registeredAlready = {
  postcssPlugin: "registered-already",
  OnceExit(root, { result }) {
    if (!result.opts.from?.endsWith("/player_extras.css")) return;
    root.walkAtRules("property", (rule) => rule.remove());
  },
};

export default { plugins: [tailwindcss(), registeredAlready] };
