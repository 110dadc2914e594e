// Only where the class names are; the tokens live in src/styles/app.css (@theme).
/** @type {import("tailwindcss").Config} */
export default {
  content: ["../../templates/**/*.html", "./src/**/*.js"],
};
