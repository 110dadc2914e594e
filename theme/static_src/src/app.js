import "./fonts.css";
import "./styles/app.css";
import * as Turbo from "@hotwired/turbo";

document.documentElement.classList.remove("no-js");
Turbo.config.drive.progressBarDelay = 300;
