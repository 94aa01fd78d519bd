import { WORKSPACE } from "./container-options.ts";

/** Exit codes of the scripts below; any other is an unforeseen failure, and stderr says which. */
export const FileExit = { missing: 40, escape: 41, notAFile: 42, tooLarge: 43, circular: 44, cutShort: 45 } as const;

/**
 * Sets `target` to the path without links, or exits. It runs inside the container, so a link swapped in behind its
 * back reaches no file that the sandboxed commands could not read themselves.
 */
const RESOLVE = `
IFS= read -r -d '' target < <(realpath -mz -- "$1") || exit 1
case $target in
  ${WORKSPACE} | ${WORKSPACE}/*) ;;
  *) exit ${FileExit.escape} ;;
esac
if [[ ! -e $target && $(stat -L -- "$target" 2>&1) == *"Too many levels of symbolic links"* ]]; then
  exit ${FileExit.circular}
fi
`;

/** Parameters: path, greatest size. One byte more than that is sent when the file grew meanwhile. */
export const READ_SCRIPT = `${RESOLVE}
[[ -e $target ]] || exit ${FileExit.missing}
[[ -f $target ]] || exit ${FileExit.notAFile}
(($(stat -c %s -- "$target") <= $2)) || exit ${FileExit.tooLarge}
exec head -c "$(($2 + 1))" -- "$target"
`;

/**
 * Parameters: path, size, a unique suffix. The file takes its place in one step and only whole: input that broke off
 * must not replace what was there.
 */
export const WRITE_SCRIPT = `${RESOLVE}
[[ -e $target && ! -f $target ]] && exit ${FileExit.notAFile}
directory=\${target%/*}
mkdir -p -- "$directory" || exit 1
temporary=$directory/.claw-$3
trap 'rm -f -- "$temporary"' EXIT
cat >"$temporary" || exit 1
[[ $(stat -c %s -- "$temporary") == "$2" ]] || exit ${FileExit.cutShort}
[[ ! -e $target ]] || chmod --reference="$target" -- "$temporary" || exit 1
mv -fT -- "$temporary" "$target"
`;

/** Parameter: path. Prints kind, size and name of each entry, separated by tabs and ended by a zero byte. */
export const LIST_SCRIPT = `${RESOLVE}
[[ -d $target ]] || exit ${FileExit.missing}
exec find "$target" -mindepth 1 -maxdepth 1 -printf '%y\\t%s\\t%f\\0'
`;
