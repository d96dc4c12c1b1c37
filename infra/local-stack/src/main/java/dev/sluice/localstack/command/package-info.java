/**
 * What {@code ./sluice} does once it is built: up, down, status, token, plan. It promises one clear
 * line and a non-zero exit code for everything that goes wrong, and never prints a key. Each
 * command runs on the main thread; a stop runs on the JVM's shutdown hook.
 */
@NullMarked
package dev.sluice.localstack.command;

import org.jspecify.annotations.NullMarked;
