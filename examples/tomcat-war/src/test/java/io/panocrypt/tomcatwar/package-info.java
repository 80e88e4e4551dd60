/** Tests of the WAR in unpacked Tomcats. */
@org.jspecify.annotations.NullMarked
package io.panocrypt.tomcatwar;
