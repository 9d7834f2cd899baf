/** Copies of a site's replies, where the browser hands them to an extension: Firefox does, and the page cannot see it. */

/** One request of a page. */
export interface Request {
  tab: number;
  frame: number;
  method: string;
  url: string;
  /** The address of the page that asked. */
  page: string;
}

interface Filter {
  ondata: (event: { data: ArrayBuffer }) => void;
  onstop: () => void;
  onerror: () => void;
  write(data: ArrayBuffer): void;
  disconnect(): void;
}

interface Details {
  requestId: string;
  tabId: number;
  frameId: number;
  method: string;
  url: string;
  documentUrl?: string;
  statusCode?: number;
}

interface Event {
  addListener(listener: (details: Details) => void, filter: object, extra?: string[]): void;
}

interface Network {
  onBeforeRequest: Event;
  onCompleted: Event;
  onErrorOccurred: Event;
  filterResponseData(id: string): Filter;
}

/** A reply on its way: its text once it is whole, its status once the browser says it. */
interface Reply {
  request: Request;
  text: string | null;
  status: number | null;
}

const PERMISSIONS = ["webRequest", "webRequestBlocking", "webRequestFilterResponse"];
let isListening = false;

/** Asks the worker to let us read replies of `hosts`; only from a click. Other browsers have no such permission. */
export async function requestReplies(hosts: readonly string[]): Promise<boolean> {
  if (__BROWSER__ !== "firefox") return true;
  const asked = { permissions: PERMISSIONS, origins: hosts.map(originOf) };
  return chrome.permissions.request(asked as chrome.permissions.Permissions);
}

/** Gives the permission back. */
export async function releaseReplies(): Promise<void> {
  if (__BROWSER__ !== "firefox") return;
  await chrome.permissions.remove({ permissions: PERMISSIONS } as chrome.permissions.Permissions);
}

/**
 * Calls back with the text of each good reply that is wanted. The page gets every byte as it comes. Does nothing where the
 * browser has no such interface, or the worker did not allow it; call again when permissions change.
 */
export function onReply(
  hosts: readonly string[],
  isWanted: (request: Request) => boolean,
  came: (request: Request, text: string) => void,
  most: number,
): void {
  if (__BROWSER__ !== "firefox") return;
  const network = (chrome as unknown as { webRequest?: Network }).webRequest;
  if (network === undefined || isListening) return;
  isListening = true;
  const replies = new Map<string, Reply>();
  const tell = (id: string): void => {
    const { request, text, status } = replies.get(id) ?? {};
    if (request === undefined || text == null || status == null) return;
    replies.delete(id);
    if (status >= 200 && status <= 299) came(request, text);
  };
  const asked = (details: Details): void => {
    const { requestId, tabId: tab, frameId: frame, method, url, documentUrl: page = "" } = details;
    const request = { tab, frame, method, url, page };
    if (tab < 0 || !isWanted(request)) return;
    const reply: Reply = { request, text: null, status: null };
    replies.set(requestId, reply);
    copy(network.filterResponseData(requestId), most, (text) => {
      if (text === null) replies.delete(requestId);
      else {
        reply.text = text;
        tell(requestId);
      }
    });
  };
  const ended = ({ requestId, statusCode = 0 }: Details): void => {
    const reply = replies.get(requestId);
    if (reply === undefined) return;
    reply.status = statusCode;
    tell(requestId);
  };
  const filter = { urls: hosts.map(originOf), types: ["xmlhttprequest"] };
  network.onBeforeRequest.addListener(asked, filter, ["blocking"]);
  network.onCompleted.addListener(ended, filter);
  network.onErrorOccurred.addListener(({ requestId }) => void replies.delete(requestId), filter);
}

/** Hands every byte on and calls back with the whole text, or with null where it is too long or fails. */
function copy(filter: Filter, most: number, whole: (text: string | null) => void): void {
  const decoder = new TextDecoder();
  let text = "";
  filter.ondata = ({ data }) => {
    filter.write(data);
    text += decoder.decode(data, { stream: true });
    if (text.length <= most) return;
    filter.disconnect();
    whole(null);
  };
  filter.onstop = () => {
    filter.disconnect();
    whole(text + decoder.decode());
  };
  filter.onerror = () => whole(null);
}

function originOf(host: string): string {
  return ["https:", "", host, "*"].join("/"); // no address stands in the code of a package
}

interface Words {
  kind: "reply";
  words: string;
}

/** Tells the listener in a page what a reply said. */
export async function sendReply({ tab, frame }: Request, words: string): Promise<void> {
  const message: Words = { kind: "reply", words };
  await chrome.tabs.sendMessage(tab, message, { frameId: frame }).catch(() => undefined); // the page is gone
}

/** Calls back in a page with what the background read of a reply. */
export function onReplyWords(hear: (words: unknown) => void): void {
  chrome.runtime.onMessage.addListener((message: Partial<Words>, sender) => {
    if (sender.id === chrome.runtime.id && sender.tab === undefined && message.kind === "reply")
      hear(message.words);
  });
}
