export type OnTransition = (point: string, subject: string) => void;

type Methods = Readonly<Record<string, (...args: readonly never[]) => Promise<unknown> | AsyncIterable<unknown>>>;

/**
 * The same methods, telling of every call before it is made and after it has resolved. They are found, not listed: one
 * that is added later is told of as well.
 */
export function announced<Target extends object>(target: Target, name: string, onTransition: OnTransition): Target {
  const wrapped = Object.entries(target as Methods).map(([method, call]) => {
    const told = (...args: readonly never[]) => {
      const tell = (when: string): void => onTransition(`${name}.${method} ${when}`, subjectOf(args));
      tell("before");
      const result = call(...args);
      return Symbol.asyncIterator in result ? toldAfterLast(result, tell) : toldAfter(result, tell);
    };
    return [method, told];
  });
  return Object.fromEntries(wrapped) as Target;
}

async function toldAfter(result: Promise<unknown>, tell: (when: string) => void): Promise<unknown> {
  const value = await result;
  tell("after");
  return value;
}

async function* toldAfterLast(items: AsyncIterable<unknown>, tell: (when: string) => void): AsyncIterable<unknown> {
  yield* items;
  tell("after");
}

/** The run or the delivery that a call is about. */
function subjectOf(args: readonly unknown[]): string {
  return args.find((argument) => typeof argument === "string") ?? "";
}
