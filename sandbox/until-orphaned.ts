/**
 * Runs a program for as long as standard input stays open, which is as long as its parent lives: also one that is killed
 * leaves no server behind, and no two of them ever work over one folder. For `sh -c`, before the program's own words.
 */
export const untilOrphaned =
  '"$@" & program=$!; exec 3<&0; (cat <&3 >/dev/null; kill $program 2>/dev/null) & wait $program';
