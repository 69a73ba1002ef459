/** The desktop window: commands and events over Tauri's own channel. */
import { Channel, invoke } from '@tauri-apps/api/core';

import type { Host } from './index';
import type { Event } from './commands';

export function open(): Host {
  return {
    call: (name, request) => invoke(name, { request }),
    listen(onEvent) {
      let listening = true;
      const channel = new Channel<Event>((event) => {
        if (listening) onEvent(event);
      });
      invoke('subscribe', { channel }).catch((thrown: unknown) => {
        console.error('subscribe', thrown);
      });
      return () => {
        listening = false;
      };
    },
  };
}
