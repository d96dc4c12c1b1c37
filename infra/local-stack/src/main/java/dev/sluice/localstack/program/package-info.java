/**
 * The programs that the stack is made of: how each is installed, configured, started and found
 * ready. It promises that data in the stack's folder is kept, and that every program listens on
 * 127.0.0.1 alone. A program is used by one thread at a time, the one that starts its part.
 */
@NullMarked
package dev.sluice.localstack.program;

import org.jspecify.annotations.NullMarked;
