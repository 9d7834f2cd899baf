// Ticks the time that is left on a claimed task. The server's clock decides; without this script the page works as well.
const work = document.getElementById("work");
const countdown = document.getElementById("countdown");

if (work && countdown) {
  const limit = Number(work.dataset.limitSeconds);
  const elapsed = Number(work.dataset.elapsedSeconds);
  const ends = performance.now() + (limit - elapsed) * 1000;

  const tick = () => {
    const left = Math.max(0, Math.ceil((ends - performance.now()) / 1000));
    countdown.textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
    if (left > 0) setTimeout(tick, 250);
    else location.replace(`${location.pathname}/expired`);
  };
  if (limit > elapsed) tick();
}
