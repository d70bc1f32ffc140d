// After handing in: whatever this browser still had of the attempt goes to the server as evidence, and nothing stays.

import { settle } from "./exam-leftover.js";
import { forget } from "./exam-forgetting.js";

const data = JSON.parse(document.getElementById("exam-data").textContent);
const { late, left } = await settle(data);
if (late) {
  const notice = document.getElementById("leftover");
  notice.querySelector("strong").textContent = data.late.replace("%(count)s", late);
  notice.hidden = false;
}
if (!left) await forget(data.person, data.attempt);
