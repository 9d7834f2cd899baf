/** Two soft notes, made here: no sound file, nothing loaded. */

const NOTES = [659.25, 880] as const; // E5, A5
const NOTE_SECONDS = 0.32;
const STEP_SECONDS = 0.16;
const LOUDNESS = 0.25;

/** Plays once; done when it has sounded. */
export async function play(): Promise<void> {
  const context = new AudioContext();
  await context.resume();
  for (const [place, pitch] of NOTES.entries())
    note(context, pitch, context.currentTime + place * STEP_SECONDS);
  const length_ms = (STEP_SECONDS * (NOTES.length - 1) + NOTE_SECONDS) * 1000;
  await new Promise((resume) => setTimeout(resume, length_ms + 200));
  await context.close();
}

function note(context: AudioContext, pitch: number, at: number): void {
  const tone = context.createOscillator();
  const volume = context.createGain();
  tone.type = "sine";
  tone.frequency.value = pitch;
  volume.gain.setValueAtTime(0, at);
  volume.gain.linearRampToValueAtTime(LOUDNESS, at + 0.02);
  volume.gain.exponentialRampToValueAtTime(0.001, at + NOTE_SECONDS);
  tone.connect(volume).connect(context.destination);
  tone.start(at);
  tone.stop(at + NOTE_SECONDS);
}
