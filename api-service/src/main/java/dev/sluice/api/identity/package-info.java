/**
 * Who is calling: checks access tokens, and mints them for the demo accounts of a local stack.
 * Nothing is open by default.
 */
@NullMarked
package dev.sluice.api.identity;

import org.jspecify.annotations.NullMarked;
