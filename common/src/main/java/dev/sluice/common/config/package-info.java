/** Turns mistakes in the configuration into lines that say what to set. */
@NullMarked
package dev.sluice.common.config;

import org.jspecify.annotations.NullMarked;
