/**
 * Processes of this machine: starting, signalling, recognising and outliving them. It promises that
 * no process is signalled which the stack did not start. Everything here may be called from any
 * thread.
 */
@NullMarked
package dev.sluice.localstack.process;

import org.jspecify.annotations.NullMarked;
