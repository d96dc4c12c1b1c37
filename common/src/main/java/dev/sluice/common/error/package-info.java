/** Every failure that a client, an operator or a finance user can meet, each with a stable code. */
@NullMarked
package dev.sluice.common.error;

import org.jspecify.annotations.NullMarked;
