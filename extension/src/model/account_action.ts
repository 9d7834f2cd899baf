/** What a platform did to the worker's account, as the worker entered it. */

import type { AccountActionKind, Money } from "../generated/contract";

export interface KeptAction {
  /** As it is sent. */
  id: string;
  platform: string;
  kind: AccountActionKind;
  /** The worker's own calendar day. */
  day: string;
  /** Money that was pending there at that moment. */
  pending: Money | null;
}
