import "./fonts.css";
import "./styles/app.css";
import * as Turbo from "@hotwired/turbo";
import { Application } from "@hotwired/stimulus";
import CountdownController from "./controllers/countdown_controller.js";
import EndlessController from "./controllers/endless_controller.js";
import FiltersController from "./controllers/filters_controller.js";
import FlashController from "./controllers/flash_controller.js";
import LiveController from "./controllers/live_controller.js";
import ReviewController from "./controllers/review_controller.js";
import SelectionController from "./controllers/selection_controller.js";
import SeveralController from "./controllers/several_controller.js";
import RulesController from "./controllers/rules_controller.js";
import SearchController from "./controllers/search_controller.js";
import SliderController from "./controllers/slider_controller.js";
import ShelfController from "./controllers/shelf_controller.js";
import ThemeController from "./controllers/theme_controller.js";
import TimeZoneController from "./controllers/time_zone_controller.js";
import UploadController from "./controllers/upload_controller.js";
import { tellWhatIsCut } from "./cut.js";
import { focusWhatIsWrong, followWithFocus } from "./focus.js";
import { bindMenus } from "./menus.js";
import { keepTheDocument } from "./navigation.js";
import { bindOffers } from "./offers.js";
import { startOffline } from "./offline/index.js";
import { startPlayer } from "./player/index.js";
import { bindShortcuts } from "./shortcuts.js";
import { startUploads } from "./uploads/index.js";

// Whatever runs this script once more finds its document started: one engine, one of each controller.
if (document.documentElement.classList.contains("no-js")) start();

function start() {
  document.documentElement.classList.remove("no-js");
  Turbo.config.drive.progressBarDelay = 250;

  const application = Application.start();
  application.register("countdown", CountdownController);
  application.register("endless", EndlessController);
  application.register("filters", FiltersController);
  application.register("flash", FlashController);
  application.register("live", LiveController);
  application.register("review", ReviewController);
  application.register("rules", RulesController);
  application.register("selection", SelectionController);
  application.register("several", SeveralController);
  application.register("search", SearchController);
  application.register("slider", SliderController);
  application.register("shelf", ShelfController);
  application.register("theme", ThemeController);
  application.register("time-zone", TimeZoneController);
  application.register("upload", UploadController);

  const player = startPlayer();
  bindShortcuts(document);
  focusWhatIsWrong(document);
  followWithFocus(document);
  tellWhatIsCut(document);
  bindOffers(document);
  bindMenus(document);
  keepTheDocument((text) => player.bar.tell(text));
  startUploads();
  startOffline(player);
}
