/**
 * The records of a CSV text after RFC 4180, with the delimiter that its first line uses most (comma, semicolon or
 * tab). Never throws: a quote left open ends with the text. Blank lines are left out.
 */
export function parseCsv(text: string): readonly (readonly string[])[] {
  const delimiter = mostUsedDelimiter(text.slice(0, Math.max(0, text.indexOf("\n")) || undefined));
  const records: string[][] = [];
  let record: string[] = [];
  let field = "";
  let quoted = false;
  const endRecord = () => {
    record.push(field);
    if (record.length > 1 || field.trim() !== "") records.push(record);
    record = [];
    field = "";
  };
  for (let at = text.charCodeAt(0) === 0xfeff ? 1 : 0; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (quoted) {
      if (character !== '"') field += character;
      else if (text.charAt(at + 1) === '"') field += text.charAt(++at);
      else quoted = false;
    } else if (character === '"' && field === "") quoted = true;
    else if (character === delimiter) {
      record.push(field);
      field = "";
    } else if (character === "\n") endRecord();
    else if (character !== "\r" || text.charAt(at + 1) !== "\n") field += character;
  }
  endRecord();
  return records;
}

function mostUsedDelimiter(line: string): string {
  const count = (delimiter: string) => line.split(delimiter).length;
  return [",", ";", "\t"].reduce((best, other) => (count(other) > count(best) ? other : best));
}
