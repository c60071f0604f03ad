#!/usr/bin/perl
# same.pl [--mistake] FILE OTHER  compares what two linkers made of the same inputs, wherever they put it.
#
# Both have to define the same symbols with the same sizes. The bytes of each named function and
# object have to be the same, but for fields that say where something is: these have to lead to the
# same name, or to the same words where it has none, as string literals. What the dynamic linker
# fills in has to lead to the same too. Prints what differs; exit status 1 when something does.
# With --mistake a call in the first file is led astray before, to see that this is noticed.
use strict;
use warnings;

my $different_max = 20;

sub lines {
  open my $pipe, '-|', @_ or die "$_[0]: $!\n";
  my @lines = <$pipe>;
  close $pipe or die "$_[0] failed\n";
  return @lines;
}

# A program: its bytes, segments, symbols by name and by address, and dynamic relocations.
sub read_program {
  my $file = shift;
  open my $in, '<:raw', $file or die "$file: $!\n";
  local $/;
  my %program = (bytes => <$in>, segments => [], symbols => {}, at => {}, dynamic => {});
  $/ = "\n";
  for (lines('readelf', '-lW', $file)) {
    push @{ $program{segments} }, [map { hex } $1, $2, $3]
      if /^\s+LOAD\s+(\S+)\s+(\S+)\s+\S+\s+(\S+)/;
  }
  for (lines('nm', '-S', '--defined-only', $file)) {
    my ($address, $size, $kind, $name) = /^(\S+) (\S+) ([TDRBWVi]) (.+)$/i or next;
    # GNU ld adds the version to the name of a copy from a library.
    $name =~ s/\@.*//;
    push @{ $program{symbols}{$name} }, [hex $address, hex $size];
    # Of several names of a place the first in the alphabet.
    my $held = $program{at}{hex $address};
    $program{at}{hex $address} = [hex $size, $name] if !$held || $name lt $held->[1];
  }
  $program{starts} = [sort { $a <=> $b } keys %{ $program{at} }];
  for (lines('readelf', '-rW', $file)) {
    /^([0-9a-f]+)\s+[0-9a-f]+\s+R_X86_64_(\w+)\s+(\S+)(?:\s+([^\@\s]+))?/ or next;
    my ($where, $kind, $value, $name) = (hex $1, $2, $3, $4);
    # A copy from a library has all names that the library has for the object.
    $name = 'copy' if $kind eq 'COPY' && grep { $_->[0] == $where } @{ $program{symbols}{$name} };
    $program{dynamic}{$where} = $kind =~ /RELATIVE/ ? ['', hex $value] : [$name, 0];
  }
  return \%program;
}

# The bytes at an address; '' where there are none in the file.
sub bytes_at {
  my ($program, $address, $size) = @_;
  for (@{ $program->{segments} }) {
    my ($offset, $start, $length) = @$_;
    next if $address < $start || $address >= $start + $length;
    my $room = $start + $length - $address;
    return substr $program->{bytes}, $offset + $address - $start, $size < $room ? $size : $room;
  }
  return '';
}

# The name of an address and its distance from there, or what the dynamic linker puts there.
sub named {
  my ($program, $address) = @_;
  my $starts = $program->{starts};
  my ($low, $high) = (0, scalar @$starts);
  while ($low < $high) {
    my $middle = int(($low + $high) / 2);
    if ($starts->[$middle] <= $address) { $low = $middle + 1 } else { $high = $middle }
  }
  if ($low) {
    my $start = $starts->[$low - 1];
    my ($size, $name) = @{ $program->{at}{$start} };
    return "$name+" . ($address - $start) if $address < $start + $size;
  }
  return 'slot of ' . filled_in($program, $address) if $program->{dynamic}{$address};
  # An entry of the procedure linkage table jumps through such a slot.
  my $code = bytes_at($program, $address, 16);
  if ($code =~ /^(?:\xf3\x0f\x1e\xfa)?\xf2?\xff\x25(.{4})/s) {
    my $slot = $address + $+[0] + unpack 'l<', $1;
    return 'entry of ' . filled_in($program, $slot) if $program->{dynamic}{$slot};
  }
  return;
}

sub filled_in {
  my ($program, $where) = @_;
  my ($name, $address) = @{ $program->{dynamic}{$where} };
  return $name if $name ne '';
  return named($program, $address) // sprintf 'place with %s', unpack 'H32',
    bytes_at($program, $address, 16);
}

# Whether two addresses mean the same. A place without a name is known by its words; it can be a
# table of distances from itself.
sub same_target {
  my ($one, $address, $other, $address_there) = @_;
  my ($name, $name_there) = (named($one, $address), named($other, $address_there));
  return ($name // '') eq ($name_there // '') if defined $name || defined $name_there;
  my $words = bytes_at($one, $address, 64);
  my $words_there = bytes_at($other, $address_there, 64);
  return 0 if length $words < 4 || length $words_there < 4;
  return 1 if $words eq $words_there;
  my ($end, $end_there) = (index($words, "\0"), index($words_there, "\0"));
  return 1 if $end >= 0 && substr($words, 0, $end + 1) eq substr($words_there, 0, $end_there + 1);
  # A constant of 4 bytes or more.
  return 1 if substr($words, 0, 4) eq substr($words_there, 0, 4);
  my $label = named($one, $address + unpack 'l<', $words);
  my $label_there = named($other, $address_there + unpack 'l<', $words_there);
  return defined $label && defined $label_there && $label eq $label_there;
}

# Compares the bytes of a name in both; returns what differs.
sub difference {
  my ($one, $address, $other, $address_there, $size) = @_;
  my $bytes = bytes_at($one, $address, $size);
  my $there = bytes_at($other, $address_there, $size);
  return 'has bytes in one only' if length $bytes != length $there;
  # The dynamic linker fills whole words, and ignores what they hold.
  for my $where (dynamic_between($one, $address, $size), dynamic_between($other, $address_there,
      $size, $address - $address_there)) {
    my $offset = $where - $address;
    my $fills = $one->{dynamic}{$where};
    my $fills_there = $other->{dynamic}{ $address_there + $offset };
    return "is filled in by one only at +$offset" unless $fills && $fills_there;
    my ($left, $right) = (filled_in($one, $where), filled_in($other, $address_there + $offset));
    return "leads at +$offset to $left, and there to $right" if $left ne $right
      && !($left =~ /^place/ && $right =~ /^place/
      && same_target($one, $fills->[1], $other, $fills_there->[1]));
    substr($bytes, $offset, 8) = substr($there, $offset, 8) = "\0" x 8 if $offset + 8 <= $size;
  }
  my $change = $bytes ^ $there;
  my $done = 0;
  while ($change =~ /[^\0]/g) {
    my $at = $-[0];
    next if $at < $done;
    # The first bytes of a field can be equal.
    my $field;
    for my $start (reverse(($at > 3 ? $at - 3 : 0) .. $at)) {
      next if $start < $done || $start + 4 > $size;
      my $target = $address + $start + 4 + unpack 'l<', substr $bytes, $start, 4;
      my $target_there = $address_there + $start + 4 + unpack 'l<', substr $there, $start, 4;
      # What follows the field in its instruction counts too: 0 to 4 bytes.
      for my $rest (0, 1, 4, 2) {
        next unless same_target($one, $target + $rest, $other, $target_there + $rest);
        $field = $start;
        last;
      }
      last if defined $field;
    }
    return sprintf 'differs at +%d: %s, and there %s', $at, map { unpack 'H16', substr $_, $at, 8 }
      $bytes, $there unless defined $field;
    $done = $field + 4;
  }
  return;
}

# Where the dynamic linker writes within a range, moved by a distance.
sub dynamic_between {
  my ($program, $address, $size, $distance) = @_;
  my $sorted = $program->{filled} //= [sort { $a <=> $b } keys %{ $program->{dynamic} }];
  my ($low, $high) = (0, scalar @$sorted);
  while ($low < $high) {
    my $middle = int(($low + $high) / 2);
    if ($sorted->[$middle] < $address) { $low = $middle + 1 } else { $high = $middle }
  }
  my @found;
  for (; $low < @$sorted && $sorted->[$low] < $address + $size; $low++) {
    push @found, $sorted->[$low] + ($distance // 0);
  }
  return @found;
}

# Local names can be many: they are paired so that those that are the same meet.
sub compare_name {
  my ($one, $other, $name) = @_;
  my @places = @{ $one->{symbols}{$name} // [] };
  my @there = @{ $other->{symbols}{$name} // [] };
  return sprintf '%d definitions, and there %d', scalar @places, scalar @there
    if @places != @there;
  PLACE: for my $place (@places) {
    my $last = 'other size';
    for my $i (0 .. $#there) {
      next if $there[$i][1] != $place->[1];
      $last = difference($one, $place->[0], $other, $there[$i][0], $place->[1]);
      next if defined $last;
      splice @there, $i, 1;
      next PLACE;
    }
    return $last;
  }
  return;
}

# Leads the last call in the program to a function into the middle of the function.
sub make_mistake {
  my $program = shift;
  for my $start (reverse @{ $program->{starts} }) {
    my $code = bytes_at($program, $start, $program->{at}{$start}[0]);
    while ($code =~ /\xe8(.{4})/gs) {
      my $target = $start + $+[0] + unpack 'l<', $1;
      my $called = $program->{at}{$target} or next;
      next if $called->[0] < 2;
      for (@{ $program->{segments} }) {
        my ($offset, $begin, $length) = @$_;
        next if $start < $begin || $start >= $begin + $length;
        my $field = $offset + $start - $begin + $-[1];
        substr($program->{bytes}, $field, 4) = pack 'l<', 1 + unpack 'l<', $1;
        return;
      }
    }
  }
  die "no call to lead astray\n";
}

my $mistake = @ARGV && $ARGV[0] eq '--mistake' && shift;
my ($one, $other) = map { read_program($_) } @ARGV;
make_mistake($one) if $mistake;
my %names = map { $_ => 1 } keys %{ $one->{symbols} }, keys %{ $other->{symbols} };
my ($different, $compared) = (0, 0);
for my $name (sort keys %names) {
  my $difference = compare_name($one, $other, $name);
  $compared++;
  next unless defined $difference;
  print "$name: $difference\n";
  last if ++$different == $different_max;
}
print "$compared names compared, $different differ\n";
exit($different > 0);
