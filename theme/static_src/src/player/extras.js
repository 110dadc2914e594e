import "../styles/player_extras.css";
import { bindAddDialog } from "../playlists/add_dialog.js";
import { PlaylistItems } from "../playlists/items.js";
import { Crossfade } from "./crossfade.js";
import { followOtherTabs } from "./elsewhere.js";
import { FullScreen } from "./full_screen.js";
import { Loudness } from "./loudness.js";
import { Notifier } from "./notifier.js";
import { showInTitle } from "./page_title.js";
import { QueuePanel } from "./queue_panel.js";
import { bindRows } from "./rows.js";
import { bindCopying, bindSharing } from "./sharing.js";
import { SleepTimer } from "./sleep_timer.js";
import { bindSoundMenu } from "./sound_menu.js";
import { Stars } from "./stars.js";
import { bindEnqueue, bindTrackMenu } from "./track_menu.js";
import { Unwanted } from "./unwanted.js";
import { WholeLists } from "./whole.js";

/** All of the player that nothing sounds worse without: loaded when the page has time, or when it is pressed. */
export function startExtras({ engine, decks, details, local, session, document, tell, csrfToken, userId }) {
  const panel = new QueuePanel(engine, document, tell);
  const wholeLists = new WholeLists({ engine, fetch: (...request) => fetch(...request), csrfToken, tell });
  wholeLists.follow();
  bindEnqueue(engine, wholeLists, document, tell);
  bindTrackMenu(engine, document);
  bindSharing(document, tell);
  bindCopying(document);
  new Unwanted({ engine, fetch: (...request) => fetch(...request), csrfToken }).follow(document);
  new Stars({ engine, document, tell, csrfToken });
  const loudness = new Loudness({ engine, decks, details, local });
  const crossfade = new Crossfade({ engine, decks, local });
  const notifier = new Notifier({ engine, local, document });
  const sleepTimer = new SleepTimer({ engine, decks, session, userId });
  bindSoundMenu({ loudness, crossfade, notifier, sleepTimer, document, tell });
  followOtherTabs({ engine, sleepTimer, userId });
  showInTitle(engine, document);
  bindRows(document);
  bindAddDialog(engine, document);
  new PlaylistItems(document, tell);
  const fullScreen = new FullScreen({ engine, details, document });
  document.documentElement.dataset.extras = ""; // for what is of no use before
  return { panel, fullScreen };
}
