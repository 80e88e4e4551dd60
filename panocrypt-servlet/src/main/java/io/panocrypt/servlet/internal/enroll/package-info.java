/** The answers to a machine that enrols: the script that binds its volumes, and the formats that contain it. */
@org.jspecify.annotations.NullMarked
package io.panocrypt.servlet.internal.enroll;
