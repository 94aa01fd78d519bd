/** What the process ends with; from 64 as sysexits.h numbers them, 130 as shells do. */
export const EXIT_CODES = {
  done: 0,
  failed: 1,
  usage: 2,
  unreachable: 69,
  refused: 77,
  configuration: 78,
  interrupted: 130,
} as const;

export const EXIT_CODES_HELP = `Exit codes:
    0  done
    1  the run or the command failed
    2  the command line was wrong
   69  the gateway can't be reached
   77  the gateway refused the credential
   78  the configuration is wrong
  130  stopped by Ctrl-C`;
