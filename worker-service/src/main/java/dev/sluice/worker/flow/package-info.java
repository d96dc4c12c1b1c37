/**
 * The life of a request in one place: READ {@code RequestFlow} FIRST. It alone knows the doors of
 * the other stages. Each request runs on a virtual thread of its own.
 */
@NullMarked
package dev.sluice.worker.flow;

import org.jspecify.annotations.NullMarked;
