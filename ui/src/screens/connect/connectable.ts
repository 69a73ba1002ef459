/** The sources that a user can connect, in the order in which they are offered. */
export const connectables = ['quickbooks', 'stripe', 'zoho'] as const;

export type Connectable = (typeof connectables)[number];

/** Sources that are signed in to in the browser. */
export type SignedIn = Exclude<Connectable, 'stripe'>;

export function isSignedIn(provider: string): provider is SignedIn {
  return provider === 'quickbooks' || provider === 'zoho';
}
