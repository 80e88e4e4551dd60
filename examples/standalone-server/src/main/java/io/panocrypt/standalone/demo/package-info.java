/** The command demo: shows the main use, with real clevis if it is installed. */
@org.jspecify.annotations.NullMarked
package io.panocrypt.standalone.demo;
