/**
 * A small OpenID Connect issuer for a machine of one's own: discovery, keys, and a token endpoint
 * that gives whoever asks a token of a demo account. Promises that api-service cannot tell it from
 * any other issuer. Serves on virtual threads; nothing is shared but the key, which does not
 * change.
 */
@NullMarked
package dev.sluice.issuer;

import org.jspecify.annotations.NullMarked;
