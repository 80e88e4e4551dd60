/** Tests of the auto-configuration, with and without what it may find. */
@org.jspecify.annotations.NullMarked
package io.panocrypt.spring;
