/** The operators' API, for the role {@code ops} alone. Every change is audited. */
@NullMarked
package dev.sluice.api.ops;

import org.jspecify.annotations.NullMarked;
