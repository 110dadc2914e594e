import path from "node:path";
import { fileURLToPath } from "node:url";
import MiniCssExtractPlugin from "mini-css-extract-plugin";

const here = path.dirname(fileURLToPath(import.meta.url));

export default (_env, { mode = "production" }) => {
  // Tailwind's PostCSS plugin minifies only when it finds this variable.
  process.env.NODE_ENV = mode;
  const forProduction = mode === "production";

  return {
    mode,
    context: here,
    target: ["web", "es2022"],
    // What only a few pages need is not for all of them to load.
    entry: {
      app: "./src/app.js",
      sw: "./src/offline/worker.js",
      admin: ["./src/fonts.css", "./src/styles/admin.css"],
      passkeys: "./src/passkeys.js",
      share: "./src/share/index.js",
      contrast: "./src/styles/contrast.css",
      numbers: "./src/styles/numbers.css",
      playlists: "./src/styles/playlists.css",
      print: "./src/styles/print.css",
      review: "./src/styles/review.css",
      sliders: "./src/styles/sliders.css",
    },
    output: {
      path: path.resolve(here, "../static/theme"),
      // Entries keep their names: Django's manifest storage hashes them. What the bundle
      // itself asks for at run time must carry a hash of its own.
      filename: "[name].js",
      chunkFilename: "chunks/[name].[contenthash:12].js",
      assetModuleFilename: "assets/[name].[contenthash:12][ext]",
      publicPath: "auto",
      clean: true,
    },
    // An eval map breaks the Content-Security-Policy; any map breaks collectstatic's manifest.
    devtool: forProduction ? false : "source-map",
    module: {
      rules: [
        {
          test: /\.css$/,
          use: [MiniCssExtractPlugin.loader, { loader: "css-loader", options: { importLoaders: 1 } }, "postcss-loader"],
        },
        // Every page names its fonts, to have them before the stylesheet asks; Django hashes those names too.
        { test: /\.woff2$/, type: "asset/resource", generator: { filename: "assets/[name][ext]" } },
      ],
    },
    plugins: [new MiniCssExtractPlugin({ filename: "[name].css", chunkFilename: "chunks/[name].[contenthash:12].css" })],
    cache: {
      type: "filesystem",
      cacheDirectory: path.resolve(here, "node_modules/.cache/webpack"),
      buildDependencies: { config: [fileURLToPath(import.meta.url)] },
    },
    performance: {
      hints: forProduction ? "warning" : false,
      maxEntrypointSize: 320 * 1024,
      maxAssetSize: 250 * 1024,
    },
    watchOptions: { ignored: /node_modules/ },
    stats: "errors-warnings",
  };
};
