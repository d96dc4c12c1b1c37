/** Whole-system tests: real clients, real services, a real stack; the simulator is the provider. */
@NullMarked
package dev.sluice.systemtests;

import org.jspecify.annotations.NullMarked;
