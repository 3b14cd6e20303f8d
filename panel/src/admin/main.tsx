import { itCodes } from '../i18n/it_codes.gen'
import { addCodes } from '../i18n/t'
import { beginPage } from '../shell/begin'
import { App } from './app'
import { takeFrame } from './frames'

addCodes(itCodes)
beginPage('admin', <App />, takeFrame)
