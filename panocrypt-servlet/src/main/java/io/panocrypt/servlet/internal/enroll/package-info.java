/** What a machine that enrols is answered: the script that binds its volumes, and its wrappings. */
@org.jspecify.annotations.NullMarked
package io.panocrypt.servlet.internal.enroll;
