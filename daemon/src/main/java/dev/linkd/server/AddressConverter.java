package dev.linkd.server;

import java.net.InetSocketAddress;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** TCP addresses on the command line. */
final class AddressConverter implements ITypeConverter<InetSocketAddress> {
  @Override
  public InetSocketAddress convert(String text) {
    try {
      return Address.parse(text);
    } catch (IllegalArgumentException fault) {
      throw new TypeConversionException(String.valueOf(fault.getMessage()));
    }
  }
}
