/** The command demo: the main job in one go, with real clevis where it is installed. */
@org.jspecify.annotations.NullMarked
package io.panocrypt.standalone.demo;
